"""The first tables. Written by tests/store/regenerate_baseline.py from the resource classes."""

# ruff: noqa: E501

import sqlalchemy as sa
from alembic import op

revision = "3385ddfeb2a2"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table."""
    op.create_table('accounts',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('date_created', sa.Double(), nullable=True),
    sa.Column('date_updated', sa.Double(), nullable=True),
    sa.Column('friendly_name', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('type', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('status', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('auth_token', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('owner_account_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('secondary_token', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_accounts_friendly_name_id', 'accounts', ['friendly_name', 'id'], unique=False)
    op.create_index('ix_accounts_owner_account_sid_id', 'accounts', ['owner_account_sid', 'id'], unique=False)
    op.create_index('ix_accounts_sid', 'accounts', ['sid'], unique=True)
    op.create_index('ix_accounts_status_id', 'accounts', ['status', 'id'], unique=False)
    op.create_table('addresses',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('date_created', sa.Double(), nullable=True),
    sa.Column('date_updated', sa.Double(), nullable=True),
    sa.Column('account_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('customer_name', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('street', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('street_secondary', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('city', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('region', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('postal_code', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('iso_country', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('friendly_name', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('emergency_enabled', sa.Boolean(), nullable=True),
    sa.Column('auto_correct_address', sa.Boolean(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_addresses_account_sid_customer_name_id', 'addresses', ['account_sid', 'customer_name', 'id'], unique=False)
    op.create_index('ix_addresses_account_sid_emergency_enabled_id', 'addresses', ['account_sid', 'emergency_enabled', 'id'], unique=False)
    op.create_index('ix_addresses_account_sid_friendly_name_id', 'addresses', ['account_sid', 'friendly_name', 'id'], unique=False)
    op.create_index('ix_addresses_account_sid_id', 'addresses', ['account_sid', 'id'], unique=False)
    op.create_index('ix_addresses_account_sid_iso_country_id', 'addresses', ['account_sid', 'iso_country', 'id'], unique=False)
    op.create_index('ix_addresses_sid', 'addresses', ['sid'], unique=True)
    op.create_table('alpha_senders',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('date_created', sa.Double(), nullable=True),
    sa.Column('date_updated', sa.Double(), nullable=True),
    sa.Column('account_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('service_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('alpha_sender', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_alpha_senders_account_sid_id', 'alpha_senders', ['account_sid', 'id'], unique=False)
    op.create_index('ix_alpha_senders_account_sid_service_sid_id', 'alpha_senders', ['account_sid', 'service_sid', 'id'], unique=False)
    op.create_index('ix_alpha_senders_sid', 'alpha_senders', ['sid'], unique=True)
    op.create_table('applications',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('date_created', sa.Double(), nullable=True),
    sa.Column('date_updated', sa.Double(), nullable=True),
    sa.Column('account_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('api_version', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('friendly_name', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('message_status_callback', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('sms_fallback_method', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('sms_fallback_url', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('sms_method', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('sms_status_callback', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('sms_url', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('status_callback', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('status_callback_method', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('voice_caller_id_lookup', sa.Boolean(), nullable=True),
    sa.Column('voice_fallback_method', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('voice_fallback_url', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('voice_method', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('voice_url', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('public_application_connect_enabled', sa.Boolean(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_applications_account_sid_friendly_name_id', 'applications', ['account_sid', 'friendly_name', 'id'], unique=False)
    op.create_index('ix_applications_account_sid_id', 'applications', ['account_sid', 'id'], unique=False)
    op.create_index('ix_applications_sid', 'applications', ['sid'], unique=True)
    op.create_table('byoc_trunks',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('date_created', sa.Double(), nullable=True),
    sa.Column('date_updated', sa.Double(), nullable=True),
    sa.Column('account_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('friendly_name', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('voice_url', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('voice_method', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('voice_fallback_url', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('voice_fallback_method', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('status_callback_url', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('status_callback_method', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('cnam_lookup_enabled', sa.Boolean(), nullable=True),
    sa.Column('connection_policy_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('from_domain_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_byoc_trunks_account_sid_connection_policy_sid_id', 'byoc_trunks', ['account_sid', 'connection_policy_sid', 'id'], unique=False)
    op.create_index('ix_byoc_trunks_account_sid_id', 'byoc_trunks', ['account_sid', 'id'], unique=False)
    op.create_index('ix_byoc_trunks_sid', 'byoc_trunks', ['sid'], unique=True)
    op.create_table('calls',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('date_created', sa.Double(), nullable=True),
    sa.Column('date_updated', sa.Double(), nullable=True),
    sa.Column('parent_call_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('account_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('to', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('from', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('phone_number_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('status', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('start_time', sa.Double(), nullable=True),
    sa.Column('end_time', sa.Double(), nullable=True),
    sa.Column('duration', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('price', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('price_unit', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('direction', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('answered_by', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('forwarded_from', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('group_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('caller_name', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('queue_time', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('stir_verstat', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('trunk_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('url', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('method', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('twiml', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('application_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('fallback_url', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('fallback_method', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('status_callback', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('status_callback_method', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('status_callback_event', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('send_digits', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('timeout', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('time_limit', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('caller_id', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('call_token', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('answer_time', sa.Double(), nullable=True),
    sa.Column('callback_sequence', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('validation', sa.Boolean(), nullable=True),
    sa.Column('usage_category', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('minutes', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('record', sa.Boolean(), nullable=True),
    sa.Column('recording_channels', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('recording_track', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('recording_status_callback', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('recording_status_callback_method', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('recording_status_callback_event', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('trim', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('sip_auth_username', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('sip_auth_password', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('machine_detection', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('machine_detection_timeout', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('machine_detection_speech_threshold', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('machine_detection_speech_end_threshold', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('machine_detection_silence_timeout', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('async_amd', sa.Boolean(), nullable=True),
    sa.Column('async_amd_status_callback', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('async_amd_status_callback_method', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('if_machine', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('byoc', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('call_reason', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('passports', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('recording_configuration_id', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('client_notification_url', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_calls_account_sid_end_time_id', 'calls', ['account_sid', 'end_time', 'id'], unique=False)
    op.create_index('ix_calls_account_sid_end_time_usage_category_minutes_id', 'calls', ['account_sid', 'end_time', 'usage_category', 'minutes', 'id'], unique=False)
    op.create_index('ix_calls_account_sid_from_id', 'calls', ['account_sid', 'from', 'id'], unique=False)
    op.create_index('ix_calls_account_sid_id', 'calls', ['account_sid', 'id'], unique=False)
    op.create_index('ix_calls_account_sid_parent_call_sid_id', 'calls', ['account_sid', 'parent_call_sid', 'id'], unique=False)
    op.create_index('ix_calls_account_sid_start_time_id', 'calls', ['account_sid', 'start_time', 'id'], unique=False)
    op.create_index('ix_calls_account_sid_status_id', 'calls', ['account_sid', 'status', 'id'], unique=False)
    op.create_index('ix_calls_account_sid_to_id', 'calls', ['account_sid', 'to', 'id'], unique=False)
    op.create_index('ix_calls_sid', 'calls', ['sid'], unique=True)
    op.create_table('conferences',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('account_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('date_created', sa.Double(), nullable=True),
    sa.Column('date_updated', sa.Double(), nullable=True),
    sa.Column('friendly_name', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('region', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('status', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('reason_conference_ended', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('call_sid_ending_conference', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('status_callback', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('status_callback_method', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('status_callback_event', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('callback_sequence', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_conferences_account_sid_date_created_id', 'conferences', ['account_sid', 'date_created', 'id'], unique=False)
    op.create_index('ix_conferences_account_sid_date_updated_id', 'conferences', ['account_sid', 'date_updated', 'id'], unique=False)
    op.create_index('ix_conferences_account_sid_friendly_name_id', 'conferences', ['account_sid', 'friendly_name', 'id'], unique=False)
    op.create_index('ix_conferences_account_sid_id', 'conferences', ['account_sid', 'id'], unique=False)
    op.create_index('ix_conferences_account_sid_status_id', 'conferences', ['account_sid', 'status', 'id'], unique=False)
    op.create_index('ix_conferences_sid', 'conferences', ['sid'], unique=True)
    op.create_table('connection_policies',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('date_created', sa.Double(), nullable=True),
    sa.Column('date_updated', sa.Double(), nullable=True),
    sa.Column('account_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('friendly_name', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_connection_policies_account_sid_id', 'connection_policies', ['account_sid', 'id'], unique=False)
    op.create_index('ix_connection_policies_sid', 'connection_policies', ['sid'], unique=True)
    op.create_table('connection_policy_targets',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('date_created', sa.Double(), nullable=True),
    sa.Column('date_updated', sa.Double(), nullable=True),
    sa.Column('account_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('connection_policy_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('friendly_name', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('target', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('priority', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('weight', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('enabled', sa.Boolean(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_connection_policy_targets_account_sid_connection_po_b39dfe20', 'connection_policy_targets', ['account_sid', 'connection_policy_sid', 'id'], unique=False)
    op.create_index('ix_connection_policy_targets_account_sid_id', 'connection_policy_targets', ['account_sid', 'id'], unique=False)
    op.create_index('ix_connection_policy_targets_sid', 'connection_policy_targets', ['sid'], unique=True)
    op.create_table('dialing_permissions',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('account_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('iso_code', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('low_risk_numbers_enabled', sa.Boolean(), nullable=True),
    sa.Column('high_risk_special_numbers_enabled', sa.Boolean(), nullable=True),
    sa.Column('high_risk_tollfraud_numbers_enabled', sa.Boolean(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_dialing_permissions_account_sid_id', 'dialing_permissions', ['account_sid', 'id'], unique=False)
    op.create_index('ix_dialing_permissions_sid', 'dialing_permissions', ['sid'], unique=True)
    op.create_table('events',
    sa.Column('position', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('at', sa.Double(), nullable=False),
    sa.Column('subject', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('account', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('kind', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('body', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.PrimaryKeyConstraint('position')
    )
    op.create_index('ix_events_subject_position', 'events', ['subject', 'position'], unique=False)
    op.create_table('incoming_phone_numbers',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('date_created', sa.Double(), nullable=True),
    sa.Column('date_updated', sa.Double(), nullable=True),
    sa.Column('account_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('friendly_name', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('phone_number', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('voice_url', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('voice_method', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('voice_fallback_url', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('voice_fallback_method', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('voice_caller_id_lookup', sa.Boolean(), nullable=True),
    sa.Column('voice_receive_mode', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('voice_application_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('status_callback', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('status_callback_method', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('sms_url', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('sms_method', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('sms_fallback_url', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('sms_fallback_method', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('sms_application_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('address_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('beta', sa.Boolean(), nullable=True),
    sa.Column('identity_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('bundle_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('emergency_status', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('emergency_address_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('trunk_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('api_version', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('type', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_incoming_phone_numbers_account_sid_friendly_name_id', 'incoming_phone_numbers', ['account_sid', 'friendly_name', 'id'], unique=False)
    op.create_index('ix_incoming_phone_numbers_account_sid_id', 'incoming_phone_numbers', ['account_sid', 'id'], unique=False)
    op.create_index('ix_incoming_phone_numbers_account_sid_trunk_sid_id', 'incoming_phone_numbers', ['account_sid', 'trunk_sid', 'id'], unique=False)
    op.create_index('ix_incoming_phone_numbers_sid', 'incoming_phone_numbers', ['sid'], unique=True)
    op.create_table('ip_records',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('date_created', sa.Double(), nullable=True),
    sa.Column('date_updated', sa.Double(), nullable=True),
    sa.Column('account_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('friendly_name', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('ip_address', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('cidr_prefix_length', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_ip_records_account_sid_id', 'ip_records', ['account_sid', 'id'], unique=False)
    op.create_index('ix_ip_records_sid', 'ip_records', ['sid'], unique=True)
    op.create_table('keys',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('date_created', sa.Double(), nullable=True),
    sa.Column('date_updated', sa.Double(), nullable=True),
    sa.Column('friendly_name', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('secret', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('account_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('kind', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('policy', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_keys_account_sid_id', 'keys', ['account_sid', 'id'], unique=False)
    op.create_index('ix_keys_sid', 'keys', ['sid'], unique=True)
    op.create_table('media',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('date_updated', sa.Double(), nullable=True),
    sa.Column('account_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('parent_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('content_type', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('date_created', sa.Double(), nullable=True),
    sa.Column('file_url', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_media_account_sid_date_created_id', 'media', ['account_sid', 'date_created', 'id'], unique=False)
    op.create_index('ix_media_account_sid_id', 'media', ['account_sid', 'id'], unique=False)
    op.create_index('ix_media_account_sid_parent_sid_id', 'media', ['account_sid', 'parent_sid', 'id'], unique=False)
    op.create_index('ix_media_sid', 'media', ['sid'], unique=True)
    op.create_table('message_feedback',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('date_created', sa.Double(), nullable=True),
    sa.Column('date_updated', sa.Double(), nullable=True),
    sa.Column('account_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('message_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('outcome', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_message_feedback_account_sid_id', 'message_feedback', ['account_sid', 'id'], unique=False)
    op.create_index('ix_message_feedback_account_sid_message_sid_id', 'message_feedback', ['account_sid', 'message_sid', 'id'], unique=False)
    op.create_index('ix_message_feedback_sid', 'message_feedback', ['sid'], unique=True)
    op.create_table('messages',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('date_created', sa.Double(), nullable=True),
    sa.Column('date_updated', sa.Double(), nullable=True),
    sa.Column('date_sent', sa.Double(), nullable=True),
    sa.Column('account_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('to', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('from', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('messaging_service_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('body', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('status', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('num_segments', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('num_media', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('direction', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('price', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('price_unit', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('error_code', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('error_message', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('media', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('usage_category', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('media_url', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('status_callback', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('application_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('max_price', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('provide_feedback', sa.Boolean(), nullable=True),
    sa.Column('attempt', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('validity_period', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('force_delivery', sa.Boolean(), nullable=True),
    sa.Column('content_retention', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('address_retention', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('smart_encoded', sa.Boolean(), nullable=True),
    sa.Column('persistent_action', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('traffic_type', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('shorten_urls', sa.Boolean(), nullable=True),
    sa.Column('schedule_type', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('due_at', sa.Double(), nullable=True),
    sa.Column('send_as_mms', sa.Boolean(), nullable=True),
    sa.Column('content_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('content_variables', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('risk_check', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('message_intent', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('fallback_from', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_messages_account_sid_date_sent_id', 'messages', ['account_sid', 'date_sent', 'id'], unique=False)
    op.create_index('ix_messages_account_sid_date_sent_usage_category_num_s_7f49c85a', 'messages', ['account_sid', 'date_sent', 'usage_category', 'num_segments', 'id'], unique=False)
    op.create_index('ix_messages_account_sid_from_id', 'messages', ['account_sid', 'from', 'id'], unique=False)
    op.create_index('ix_messages_account_sid_id', 'messages', ['account_sid', 'id'], unique=False)
    op.create_index('ix_messages_account_sid_to_id', 'messages', ['account_sid', 'to', 'id'], unique=False)
    op.create_index('ix_messages_sid', 'messages', ['sid'], unique=True)
    op.create_table('messaging_services',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('date_created', sa.Double(), nullable=True),
    sa.Column('date_updated', sa.Double(), nullable=True),
    sa.Column('account_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('friendly_name', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('inbound_request_url', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('inbound_method', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('fallback_url', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('fallback_method', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('status_callback', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('sticky_sender', sa.Boolean(), nullable=True),
    sa.Column('mms_converter', sa.Boolean(), nullable=True),
    sa.Column('smart_encoding', sa.Boolean(), nullable=True),
    sa.Column('scan_message_content', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('fallback_to_long_code', sa.Boolean(), nullable=True),
    sa.Column('area_code_geomatch', sa.Boolean(), nullable=True),
    sa.Column('synchronous_validation', sa.Boolean(), nullable=True),
    sa.Column('validity_period', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('usecase', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('use_inbound_webhook_on_number', sa.Boolean(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_messaging_services_account_sid_id', 'messaging_services', ['account_sid', 'id'], unique=False)
    op.create_index('ix_messaging_services_sid', 'messaging_services', ['sid'], unique=True)
    op.create_table('notifications',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('date_created', sa.Double(), nullable=True),
    sa.Column('date_updated', sa.Double(), nullable=True),
    sa.Column('account_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('call_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('resource_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('log', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('error_code', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('more_info', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('message_text', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('message_date', sa.Double(), nullable=True),
    sa.Column('request_method', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('request_url', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('request_variables', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('request_headers', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('response_headers', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('response_body', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_notifications_account_sid_call_sid_id', 'notifications', ['account_sid', 'call_sid', 'id'], unique=False)
    op.create_index('ix_notifications_account_sid_id', 'notifications', ['account_sid', 'id'], unique=False)
    op.create_index('ix_notifications_account_sid_log_id', 'notifications', ['account_sid', 'log', 'id'], unique=False)
    op.create_index('ix_notifications_account_sid_message_date_id', 'notifications', ['account_sid', 'message_date', 'id'], unique=False)
    op.create_index('ix_notifications_sid', 'notifications', ['sid'], unique=True)
    op.create_table('origination_urls',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('date_created', sa.Double(), nullable=True),
    sa.Column('date_updated', sa.Double(), nullable=True),
    sa.Column('account_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('trunk_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('weight', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('priority', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('enabled', sa.Boolean(), nullable=True),
    sa.Column('friendly_name', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('sip_url', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_origination_urls_account_sid_id', 'origination_urls', ['account_sid', 'id'], unique=False)
    op.create_index('ix_origination_urls_account_sid_trunk_sid_id', 'origination_urls', ['account_sid', 'trunk_sid', 'id'], unique=False)
    op.create_index('ix_origination_urls_sid', 'origination_urls', ['sid'], unique=True)
    op.create_table('outbox',
    sa.Column('sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('subject', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('account', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('url', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('method', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('params', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('due_at', sa.Double(), nullable=False),
    sa.Column('attempts', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.PrimaryKeyConstraint('sid')
    )
    op.create_table('outgoing_caller_ids',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('date_created', sa.Double(), nullable=True),
    sa.Column('date_updated', sa.Double(), nullable=True),
    sa.Column('account_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('friendly_name', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('phone_number', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_outgoing_caller_ids_account_sid_friendly_name_id', 'outgoing_caller_ids', ['account_sid', 'friendly_name', 'id'], unique=False)
    op.create_index('ix_outgoing_caller_ids_account_sid_id', 'outgoing_caller_ids', ['account_sid', 'id'], unique=False)
    op.create_index('ix_outgoing_caller_ids_account_sid_phone_number_id', 'outgoing_caller_ids', ['account_sid', 'phone_number', 'id'], unique=False)
    op.create_index('ix_outgoing_caller_ids_sid', 'outgoing_caller_ids', ['sid'], unique=True)
    op.create_table('queues',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('date_created', sa.Double(), nullable=True),
    sa.Column('date_updated', sa.Double(), nullable=True),
    sa.Column('account_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('friendly_name', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('max_size', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_queues_account_sid_friendly_name_id', 'queues', ['account_sid', 'friendly_name', 'id'], unique=False)
    op.create_index('ix_queues_account_sid_id', 'queues', ['account_sid', 'id'], unique=False)
    op.create_index('ix_queues_sid', 'queues', ['sid'], unique=True)
    op.create_table('recordings',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('date_updated', sa.Double(), nullable=True),
    sa.Column('account_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('date_created', sa.Double(), nullable=True),
    sa.Column('start_time', sa.Double(), nullable=True),
    sa.Column('duration', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('price', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('price_unit', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('channels', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('source', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('error_code', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('file_callback', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('call_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('conference_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('status', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('track', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('trim', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('recording_status_callback', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('recording_status_callback_method', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('recording_status_callback_event', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_recordings_account_sid_call_sid_id', 'recordings', ['account_sid', 'call_sid', 'id'], unique=False)
    op.create_index('ix_recordings_account_sid_conference_sid_id', 'recordings', ['account_sid', 'conference_sid', 'id'], unique=False)
    op.create_index('ix_recordings_account_sid_date_created_id', 'recordings', ['account_sid', 'date_created', 'id'], unique=False)
    op.create_index('ix_recordings_account_sid_id', 'recordings', ['account_sid', 'id'], unique=False)
    op.create_index('ix_recordings_sid', 'recordings', ['sid'], unique=True)
    op.create_index('ix_recordings_status_id', 'recordings', ['status', 'id'], unique=False)
    op.create_table('service_phone_numbers',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('date_created', sa.Double(), nullable=True),
    sa.Column('date_updated', sa.Double(), nullable=True),
    sa.Column('account_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('service_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('phone_number', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_service_phone_numbers_account_sid_id', 'service_phone_numbers', ['account_sid', 'id'], unique=False)
    op.create_index('ix_service_phone_numbers_account_sid_service_sid_id', 'service_phone_numbers', ['account_sid', 'service_sid', 'id'], unique=False)
    op.create_index('ix_service_phone_numbers_sid', 'service_phone_numbers', ['sid'], unique=True)
    op.create_table('service_short_codes',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('date_created', sa.Double(), nullable=True),
    sa.Column('date_updated', sa.Double(), nullable=True),
    sa.Column('account_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('service_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('short_code', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_service_short_codes_account_sid_id', 'service_short_codes', ['account_sid', 'id'], unique=False)
    op.create_index('ix_service_short_codes_account_sid_service_sid_id', 'service_short_codes', ['account_sid', 'service_sid', 'id'], unique=False)
    op.create_index('ix_service_short_codes_sid', 'service_short_codes', ['sid'], unique=True)
    op.create_table('short_codes',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('date_created', sa.Double(), nullable=True),
    sa.Column('date_updated', sa.Double(), nullable=True),
    sa.Column('account_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('friendly_name', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('short_code', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('api_version', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('sms_url', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('sms_method', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('sms_fallback_url', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('sms_fallback_method', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_short_codes_account_sid_friendly_name_id', 'short_codes', ['account_sid', 'friendly_name', 'id'], unique=False)
    op.create_index('ix_short_codes_account_sid_id', 'short_codes', ['account_sid', 'id'], unique=False)
    op.create_index('ix_short_codes_sid', 'short_codes', ['sid'], unique=True)
    op.create_table('sip_credential_lists',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('date_created', sa.Double(), nullable=True),
    sa.Column('date_updated', sa.Double(), nullable=True),
    sa.Column('account_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('friendly_name', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_sip_credential_lists_account_sid_id', 'sip_credential_lists', ['account_sid', 'id'], unique=False)
    op.create_index('ix_sip_credential_lists_sid', 'sip_credential_lists', ['sid'], unique=True)
    op.create_table('sip_credentials',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('date_created', sa.Double(), nullable=True),
    sa.Column('date_updated', sa.Double(), nullable=True),
    sa.Column('account_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('credential_list_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('username', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('password', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_sip_credentials_account_sid_credential_list_sid_id', 'sip_credentials', ['account_sid', 'credential_list_sid', 'id'], unique=False)
    op.create_index('ix_sip_credentials_account_sid_id', 'sip_credentials', ['account_sid', 'id'], unique=False)
    op.create_index('ix_sip_credentials_sid', 'sip_credentials', ['sid'], unique=True)
    op.create_table('sip_domain_lists',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('date_created', sa.Double(), nullable=True),
    sa.Column('date_updated', sa.Double(), nullable=True),
    sa.Column('account_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('list_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('purpose', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('domain_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_sip_domain_lists_account_sid_domain_sid_id', 'sip_domain_lists', ['account_sid', 'domain_sid', 'id'], unique=False)
    op.create_index('ix_sip_domain_lists_account_sid_id', 'sip_domain_lists', ['account_sid', 'id'], unique=False)
    op.create_index('ix_sip_domain_lists_list_sid_id', 'sip_domain_lists', ['list_sid', 'id'], unique=False)
    op.create_index('ix_sip_domain_lists_sid', 'sip_domain_lists', ['sid'], unique=True)
    op.create_table('sip_domains',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('date_created', sa.Double(), nullable=True),
    sa.Column('date_updated', sa.Double(), nullable=True),
    sa.Column('account_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('domain_name', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('friendly_name', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('voice_url', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('voice_method', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('voice_fallback_url', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('voice_fallback_method', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('voice_status_callback_url', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('voice_status_callback_method', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('sip_registration', sa.Boolean(), nullable=True),
    sa.Column('emergency_calling_enabled', sa.Boolean(), nullable=True),
    sa.Column('secure', sa.Boolean(), nullable=True),
    sa.Column('byoc_trunk_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('emergency_caller_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_sip_domains_account_sid_id', 'sip_domains', ['account_sid', 'id'], unique=False)
    op.create_index('ix_sip_domains_sid', 'sip_domains', ['sid'], unique=True)
    op.create_table('sip_ip_access_control_lists',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('date_created', sa.Double(), nullable=True),
    sa.Column('date_updated', sa.Double(), nullable=True),
    sa.Column('account_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('friendly_name', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_sip_ip_access_control_lists_account_sid_id', 'sip_ip_access_control_lists', ['account_sid', 'id'], unique=False)
    op.create_index('ix_sip_ip_access_control_lists_sid', 'sip_ip_access_control_lists', ['sid'], unique=True)
    op.create_table('sip_ip_addresses',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('date_created', sa.Double(), nullable=True),
    sa.Column('date_updated', sa.Double(), nullable=True),
    sa.Column('account_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('friendly_name', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('ip_address', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('cidr_prefix_length', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('ip_access_control_list_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_sip_ip_addresses_account_sid_id', 'sip_ip_addresses', ['account_sid', 'id'], unique=False)
    op.create_index('ix_sip_ip_addresses_account_sid_ip_access_control_list_sid_id', 'sip_ip_addresses', ['account_sid', 'ip_access_control_list_sid', 'id'], unique=False)
    op.create_index('ix_sip_ip_addresses_sid', 'sip_ip_addresses', ['sid'], unique=True)
    op.create_table('source_ip_mappings',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('date_created', sa.Double(), nullable=True),
    sa.Column('date_updated', sa.Double(), nullable=True),
    sa.Column('account_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('ip_record_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('sip_domain_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_source_ip_mappings_account_sid_id', 'source_ip_mappings', ['account_sid', 'id'], unique=False)
    op.create_index('ix_source_ip_mappings_account_sid_ip_record_sid_id', 'source_ip_mappings', ['account_sid', 'ip_record_sid', 'id'], unique=False)
    op.create_index('ix_source_ip_mappings_sid', 'source_ip_mappings', ['sid'], unique=True)
    op.create_table('transcriptions',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('date_created', sa.Double(), nullable=True),
    sa.Column('date_updated', sa.Double(), nullable=True),
    sa.Column('account_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('duration', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('price', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('price_unit', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('recording_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('status', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('transcription_text', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('type', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('call_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('transcribe_callback', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('told_of_call', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_transcriptions_account_sid_id', 'transcriptions', ['account_sid', 'id'], unique=False)
    op.create_index('ix_transcriptions_account_sid_recording_sid_id', 'transcriptions', ['account_sid', 'recording_sid', 'id'], unique=False)
    op.create_index('ix_transcriptions_sid', 'transcriptions', ['sid'], unique=True)
    op.create_index('ix_transcriptions_status_id', 'transcriptions', ['status', 'id'], unique=False)
    op.create_table('trunk_lists',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('date_created', sa.Double(), nullable=True),
    sa.Column('date_updated', sa.Double(), nullable=True),
    sa.Column('account_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('list_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('purpose', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('trunk_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_trunk_lists_account_sid_id', 'trunk_lists', ['account_sid', 'id'], unique=False)
    op.create_index('ix_trunk_lists_account_sid_trunk_sid_id', 'trunk_lists', ['account_sid', 'trunk_sid', 'id'], unique=False)
    op.create_index('ix_trunk_lists_list_sid_id', 'trunk_lists', ['list_sid', 'id'], unique=False)
    op.create_index('ix_trunk_lists_sid', 'trunk_lists', ['sid'], unique=True)
    op.create_table('trunks',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('date_created', sa.Double(), nullable=True),
    sa.Column('date_updated', sa.Double(), nullable=True),
    sa.Column('account_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('friendly_name', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('domain_name', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('disaster_recovery_url', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('disaster_recovery_method', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('secure', sa.Boolean(), nullable=True),
    sa.Column('transfer_mode', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('transfer_caller_id', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('cnam_lookup_enabled', sa.Boolean(), nullable=True),
    sa.Column('mode', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('trim', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_trunks_account_sid_id', 'trunks', ['account_sid', 'id'], unique=False)
    op.create_index('ix_trunks_sid', 'trunks', ['sid'], unique=True)
    op.create_table('usage_triggers',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('date_created', sa.Double(), nullable=True),
    sa.Column('date_updated', sa.Double(), nullable=True),
    sa.Column('account_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('callback_method', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('callback_url', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('date_fired', sa.Double(), nullable=True),
    sa.Column('friendly_name', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('recurring', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('trigger_by', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('trigger_value', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('usage_category', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_usage_triggers_account_sid_id', 'usage_triggers', ['account_sid', 'id'], unique=False)
    op.create_index('ix_usage_triggers_account_sid_recurring_id', 'usage_triggers', ['account_sid', 'recurring', 'id'], unique=False)
    op.create_index('ix_usage_triggers_account_sid_trigger_by_id', 'usage_triggers', ['account_sid', 'trigger_by', 'id'], unique=False)
    op.create_index('ix_usage_triggers_account_sid_usage_category_id', 'usage_triggers', ['account_sid', 'usage_category', 'id'], unique=False)
    op.create_index('ix_usage_triggers_sid', 'usage_triggers', ['sid'], unique=True)
    op.create_table('voice_settings',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=False),
    sa.Column('account_sid', sa.Text().with_variant(sa.Text(collation='C'), 'postgresql'), nullable=True),
    sa.Column('date_created', sa.Double(), nullable=True),
    sa.Column('date_updated', sa.Double(), nullable=True),
    sa.Column('dialing_permissions_inheritance', sa.Boolean(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_voice_settings_account_sid_id', 'voice_settings', ['account_sid', 'id'], unique=False)
    op.create_index('ix_voice_settings_sid', 'voice_settings', ['sid'], unique=True)
