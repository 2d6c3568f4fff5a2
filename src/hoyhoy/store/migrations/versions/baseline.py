"""The first tables. Written by tests/store/regenerate_baseline.py from the resource classes."""

# ruff: noqa: E501

import sqlalchemy as sa
from alembic import op

revision = "4d07e85150bc"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make every table."""
    op.create_table('accounts',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('sid', sa.Text(), nullable=False),
    sa.Column('date_created', sa.Double(), nullable=True),
    sa.Column('date_updated', sa.Double(), nullable=True),
    sa.Column('friendly_name', sa.Text(), nullable=True),
    sa.Column('type', sa.Text(), nullable=True),
    sa.Column('status', sa.Text(), nullable=True),
    sa.Column('auth_token', sa.Text(), nullable=True),
    sa.Column('owner_account_sid', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_accounts_friendly_name_id', 'accounts', ['friendly_name', 'id'], unique=False)
    op.create_index('ix_accounts_owner_account_sid_id', 'accounts', ['owner_account_sid', 'id'], unique=False)
    op.create_index('ix_accounts_sid', 'accounts', ['sid'], unique=True)
    op.create_index('ix_accounts_status_id', 'accounts', ['status', 'id'], unique=False)
    op.create_table('calls',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('sid', sa.Text(), nullable=False),
    sa.Column('date_created', sa.Double(), nullable=True),
    sa.Column('date_updated', sa.Double(), nullable=True),
    sa.Column('parent_call_sid', sa.Text(), nullable=True),
    sa.Column('account_sid', sa.Text(), nullable=True),
    sa.Column('to', sa.Text(), nullable=True),
    sa.Column('from', sa.Text(), nullable=True),
    sa.Column('phone_number_sid', sa.Text(), nullable=True),
    sa.Column('status', sa.Text(), nullable=True),
    sa.Column('start_time', sa.Double(), nullable=True),
    sa.Column('end_time', sa.Double(), nullable=True),
    sa.Column('duration', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('price', sa.Text(), nullable=True),
    sa.Column('price_unit', sa.Text(), nullable=True),
    sa.Column('direction', sa.Text(), nullable=True),
    sa.Column('answered_by', sa.Text(), nullable=True),
    sa.Column('forwarded_from', sa.Text(), nullable=True),
    sa.Column('group_sid', sa.Text(), nullable=True),
    sa.Column('caller_name', sa.Text(), nullable=True),
    sa.Column('queue_time', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('stir_verstat', sa.Text(), nullable=True),
    sa.Column('trunk_sid', sa.Text(), nullable=True),
    sa.Column('url', sa.Text(), nullable=True),
    sa.Column('method', sa.Text(), nullable=True),
    sa.Column('twiml', sa.Text(), nullable=True),
    sa.Column('application_sid', sa.Text(), nullable=True),
    sa.Column('fallback_url', sa.Text(), nullable=True),
    sa.Column('fallback_method', sa.Text(), nullable=True),
    sa.Column('status_callback', sa.Text(), nullable=True),
    sa.Column('status_callback_method', sa.Text(), nullable=True),
    sa.Column('status_callback_event', sa.Text(), nullable=True),
    sa.Column('send_digits', sa.Text(), nullable=True),
    sa.Column('timeout', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('time_limit', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('caller_id', sa.Text(), nullable=True),
    sa.Column('answer_time', sa.Double(), nullable=True),
    sa.Column('callback_sequence', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('record', sa.Boolean(), nullable=True),
    sa.Column('recording_channels', sa.Text(), nullable=True),
    sa.Column('recording_track', sa.Text(), nullable=True),
    sa.Column('recording_status_callback', sa.Text(), nullable=True),
    sa.Column('recording_status_callback_method', sa.Text(), nullable=True),
    sa.Column('recording_status_callback_event', sa.Text(), nullable=True),
    sa.Column('trim', sa.Text(), nullable=True),
    sa.Column('sip_auth_username', sa.Text(), nullable=True),
    sa.Column('sip_auth_password', sa.Text(), nullable=True),
    sa.Column('machine_detection', sa.Text(), nullable=True),
    sa.Column('machine_detection_timeout', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('machine_detection_speech_threshold', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('machine_detection_speech_end_threshold', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('machine_detection_silence_timeout', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('async_amd', sa.Boolean(), nullable=True),
    sa.Column('async_amd_status_callback', sa.Text(), nullable=True),
    sa.Column('async_amd_status_callback_method', sa.Text(), nullable=True),
    sa.Column('if_machine', sa.Text(), nullable=True),
    sa.Column('byoc', sa.Text(), nullable=True),
    sa.Column('call_reason', sa.Text(), nullable=True),
    sa.Column('call_token', sa.Text(), nullable=True),
    sa.Column('passports', sa.Text(), nullable=True),
    sa.Column('recording_configuration_id', sa.Text(), nullable=True),
    sa.Column('client_notification_url', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_calls_account_sid_end_time_id', 'calls', ['account_sid', 'end_time', 'id'], unique=False)
    op.create_index('ix_calls_account_sid_from_id', 'calls', ['account_sid', 'from', 'id'], unique=False)
    op.create_index('ix_calls_account_sid_id', 'calls', ['account_sid', 'id'], unique=False)
    op.create_index('ix_calls_account_sid_parent_call_sid_id', 'calls', ['account_sid', 'parent_call_sid', 'id'], unique=False)
    op.create_index('ix_calls_account_sid_start_time_id', 'calls', ['account_sid', 'start_time', 'id'], unique=False)
    op.create_index('ix_calls_account_sid_status_id', 'calls', ['account_sid', 'status', 'id'], unique=False)
    op.create_index('ix_calls_account_sid_to_id', 'calls', ['account_sid', 'to', 'id'], unique=False)
    op.create_index('ix_calls_sid', 'calls', ['sid'], unique=True)
    op.create_table('events',
    sa.Column('position', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('at', sa.Double(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('account', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('position')
    )
    op.create_index('ix_events_subject_position', 'events', ['subject', 'position'], unique=False)
    op.create_table('incoming_phone_numbers',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('sid', sa.Text(), nullable=False),
    sa.Column('date_created', sa.Double(), nullable=True),
    sa.Column('date_updated', sa.Double(), nullable=True),
    sa.Column('account_sid', sa.Text(), nullable=True),
    sa.Column('friendly_name', sa.Text(), nullable=True),
    sa.Column('phone_number', sa.Text(), nullable=True),
    sa.Column('voice_url', sa.Text(), nullable=True),
    sa.Column('voice_method', sa.Text(), nullable=True),
    sa.Column('voice_fallback_url', sa.Text(), nullable=True),
    sa.Column('voice_fallback_method', sa.Text(), nullable=True),
    sa.Column('voice_caller_id_lookup', sa.Boolean(), nullable=True),
    sa.Column('voice_receive_mode', sa.Text(), nullable=True),
    sa.Column('voice_application_sid', sa.Text(), nullable=True),
    sa.Column('status_callback', sa.Text(), nullable=True),
    sa.Column('status_callback_method', sa.Text(), nullable=True),
    sa.Column('sms_url', sa.Text(), nullable=True),
    sa.Column('sms_method', sa.Text(), nullable=True),
    sa.Column('sms_fallback_url', sa.Text(), nullable=True),
    sa.Column('sms_fallback_method', sa.Text(), nullable=True),
    sa.Column('sms_application_sid', sa.Text(), nullable=True),
    sa.Column('address_sid', sa.Text(), nullable=True),
    sa.Column('beta', sa.Boolean(), nullable=True),
    sa.Column('identity_sid', sa.Text(), nullable=True),
    sa.Column('bundle_sid', sa.Text(), nullable=True),
    sa.Column('emergency_status', sa.Text(), nullable=True),
    sa.Column('emergency_address_sid', sa.Text(), nullable=True),
    sa.Column('trunk_sid', sa.Text(), nullable=True),
    sa.Column('api_version', sa.Text(), nullable=True),
    sa.Column('origin', sa.Text(), nullable=True),
    sa.Column('type', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_incoming_phone_numbers_account_sid_beta_id', 'incoming_phone_numbers', ['account_sid', 'beta', 'id'], unique=False)
    op.create_index('ix_incoming_phone_numbers_account_sid_friendly_name_id', 'incoming_phone_numbers', ['account_sid', 'friendly_name', 'id'], unique=False)
    op.create_index('ix_incoming_phone_numbers_account_sid_id', 'incoming_phone_numbers', ['account_sid', 'id'], unique=False)
    op.create_index('ix_incoming_phone_numbers_account_sid_origin_id', 'incoming_phone_numbers', ['account_sid', 'origin', 'id'], unique=False)
    op.create_index('ix_incoming_phone_numbers_sid', 'incoming_phone_numbers', ['sid'], unique=True)
    op.create_table('messages',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('sid', sa.Text(), nullable=False),
    sa.Column('date_created', sa.Double(), nullable=True),
    sa.Column('date_updated', sa.Double(), nullable=True),
    sa.Column('date_sent', sa.Double(), nullable=True),
    sa.Column('account_sid', sa.Text(), nullable=True),
    sa.Column('to', sa.Text(), nullable=True),
    sa.Column('from', sa.Text(), nullable=True),
    sa.Column('messaging_service_sid', sa.Text(), nullable=True),
    sa.Column('body', sa.Text(), nullable=True),
    sa.Column('status', sa.Text(), nullable=True),
    sa.Column('num_segments', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('num_media', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('direction', sa.Text(), nullable=True),
    sa.Column('price', sa.Text(), nullable=True),
    sa.Column('price_unit', sa.Text(), nullable=True),
    sa.Column('error_code', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('error_message', sa.Text(), nullable=True),
    sa.Column('media', sa.Text(), nullable=True),
    sa.Column('media_url', sa.Text(), nullable=True),
    sa.Column('status_callback', sa.Text(), nullable=True),
    sa.Column('application_sid', sa.Text(), nullable=True),
    sa.Column('max_price', sa.Text(), nullable=True),
    sa.Column('provide_feedback', sa.Boolean(), nullable=True),
    sa.Column('attempt', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('validity_period', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('force_delivery', sa.Boolean(), nullable=True),
    sa.Column('content_retention', sa.Text(), nullable=True),
    sa.Column('address_retention', sa.Text(), nullable=True),
    sa.Column('smart_encoded', sa.Boolean(), nullable=True),
    sa.Column('persistent_action', sa.Text(), nullable=True),
    sa.Column('traffic_type', sa.Text(), nullable=True),
    sa.Column('shorten_urls', sa.Boolean(), nullable=True),
    sa.Column('schedule_type', sa.Text(), nullable=True),
    sa.Column('send_at', sa.Text(), nullable=True),
    sa.Column('send_as_mms', sa.Boolean(), nullable=True),
    sa.Column('content_sid', sa.Text(), nullable=True),
    sa.Column('content_variables', sa.Text(), nullable=True),
    sa.Column('risk_check', sa.Text(), nullable=True),
    sa.Column('message_intent', sa.Text(), nullable=True),
    sa.Column('fallback_from', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_messages_account_sid_date_sent_id', 'messages', ['account_sid', 'date_sent', 'id'], unique=False)
    op.create_index('ix_messages_account_sid_from_id', 'messages', ['account_sid', 'from', 'id'], unique=False)
    op.create_index('ix_messages_account_sid_id', 'messages', ['account_sid', 'id'], unique=False)
    op.create_index('ix_messages_account_sid_to_id', 'messages', ['account_sid', 'to', 'id'], unique=False)
    op.create_index('ix_messages_sid', 'messages', ['sid'], unique=True)
    op.create_table('notifications',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('sid', sa.Text(), nullable=False),
    sa.Column('date_created', sa.Double(), nullable=True),
    sa.Column('date_updated', sa.Double(), nullable=True),
    sa.Column('account_sid', sa.Text(), nullable=True),
    sa.Column('call_sid', sa.Text(), nullable=True),
    sa.Column('resource_sid', sa.Text(), nullable=True),
    sa.Column('log', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('error_code', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.Column('more_info', sa.Text(), nullable=True),
    sa.Column('message_text', sa.Text(), nullable=True),
    sa.Column('message_date', sa.Double(), nullable=True),
    sa.Column('request_method', sa.Text(), nullable=True),
    sa.Column('request_url', sa.Text(), nullable=True),
    sa.Column('request_variables', sa.Text(), nullable=True),
    sa.Column('response_headers', sa.Text(), nullable=True),
    sa.Column('response_body', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_notifications_account_sid_call_sid_id', 'notifications', ['account_sid', 'call_sid', 'id'], unique=False)
    op.create_index('ix_notifications_account_sid_id', 'notifications', ['account_sid', 'id'], unique=False)
    op.create_index('ix_notifications_account_sid_log_id', 'notifications', ['account_sid', 'log', 'id'], unique=False)
    op.create_index('ix_notifications_account_sid_message_date_id', 'notifications', ['account_sid', 'message_date', 'id'], unique=False)
    op.create_index('ix_notifications_sid', 'notifications', ['sid'], unique=True)
    op.create_table('outbox',
    sa.Column('sid', sa.Text(), nullable=False),
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('account', sa.Text(), nullable=False),
    sa.Column('url', sa.Text(), nullable=False),
    sa.Column('method', sa.Text(), nullable=False),
    sa.Column('params', sa.Text(), nullable=False),
    sa.Column('due_at', sa.Double(), nullable=False),
    sa.Column('attempts', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.PrimaryKeyConstraint('sid')
    )
